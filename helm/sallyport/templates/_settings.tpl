{{/* Variables that every service gets. */}}
{{- define "sallyport.meshSettings" -}}
NODE_ENV: production
LOG_LEVEL: {{ .Values.logLevel }}
NATS_URL: {{ include "sallyport.natsUrl" . | quote }}
RPC_CA_FILE: /etc/sallyport/mesh/ca.crt
RPC_CERT_FILE: /etc/sallyport/mesh/tls.crt
RPC_KEY_FILE: /etc/sallyport/mesh/tls.key
{{- with .Values.tracesEndpoint }}
OTEL_EXPORTER_OTLP_ENDPOINT: {{ . | quote }}
{{- end }}
{{- end -}}

{{/* Settings of the values as text: dict settings. */}}
{{- define "sallyport.ownSettings" -}}
{{- range $name, $value := .settings }}
{{- if kindIs "float64" $value }}
{{ $name }}: {{ printf "%.0f" $value | quote }}
{{- else }}
{{ $name }}: {{ $value | toString | quote }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "sallyport.core.settings" -}}
{{ include "sallyport.meshSettings" . }}
CORE_HTTP_HOST: {{ .Values.bindAddress | quote }}
CORE_HTTP_PORT: "8080"
CORE_RPC_HOST: {{ .Values.bindAddress | quote }}
CORE_RPC_PORT: "7401"
CORE_HEALTH_HOST: {{ .Values.bindAddress | quote }}
CORE_HEALTH_PORT: "7411"
CORE_DATABASE_URL_FILE: /etc/sallyport/database/core-url
CORE_SEALING_KEYS_FILE: /etc/sallyport/sealing-keys/keys.json
CORE_AUDIT_SIGNING_KEY_FILE: /etc/sallyport/audit-signing/key.pem
CORE_FIRST_ADMIN_PASSWORD_FILE: /etc/sallyport/admin/password
CORE_RECORDER_ADDRESS: {{ include "sallyport.name" . }}-recorder:7403
CORE_INDEXER_ADDRESS: {{ include "sallyport.name" . }}-indexer:7404
{{- include "sallyport.ownSettings" .Values.core }}
{{- end -}}

{{- define "sallyport.gateway.settings" -}}
{{ include "sallyport.meshSettings" . }}
GATEWAY_SSH_HOST: {{ .Values.bindAddress | quote }}
GATEWAY_SSH_PORT: "2222"
GATEWAY_HEALTH_HOST: {{ .Values.bindAddress | quote }}
GATEWAY_HEALTH_PORT: "7412"
GATEWAY_CORE_ADDRESS: {{ include "sallyport.name" . }}-core-rpc:7401
GATEWAY_RECORDER_ADDRESS: {{ include "sallyport.name" . }}-recorder:7403
GATEWAY_HOST_KEY_FILE: /etc/sallyport/host-keys/ssh_host_ed25519_key,/etc/sallyport/host-keys/ssh_host_ecdsa_key,/etc/sallyport/host-keys/ssh_host_rsa_key
GATEWAY_SPOOL_DIR: /var/lib/sallyport/spool
{{- with .Values.gateway.proxyProtocolFrom }}
GATEWAY_PROXY_PROTOCOL_FROM: {{ join "," . | quote }}
{{- end }}
{{- if .Values.keys.auditorsKeySecret }}
GATEWAY_AUDITORS_KEY_FILE: /etc/sallyport/auditors-key/auditors.pub.pem
{{- end }}
{{- include "sallyport.ownSettings" .Values.gateway }}
{{- end -}}

{{- define "sallyport.recorder.settings" -}}
{{ include "sallyport.meshSettings" . }}
RECORDER_RPC_HOST: {{ .Values.bindAddress | quote }}
RECORDER_RPC_PORT: "7403"
RECORDER_HEALTH_HOST: {{ .Values.bindAddress | quote }}
RECORDER_HEALTH_PORT: "7413"
RECORDER_SIGNING_KEY_FILE: /etc/sallyport/recording-signing/key.pem
RECORDER_STORE: {{ .Values.recordings.store }}
{{- if eq .Values.recordings.store "s3" }}
RECORDER_S3_ENDPOINT: {{ include "sallyport.s3Endpoint" . | quote }}
RECORDER_S3_BUCKET: {{ include "sallyport.s3Bucket" . | quote }}
RECORDER_S3_REGION: {{ .Values.recordings.s3.region | quote }}
RECORDER_S3_ACCESS_KEY_FILE: /etc/sallyport/s3/access-key
RECORDER_S3_SECRET_KEY_FILE: /etc/sallyport/s3/secret-key
{{- else }}
RECORDER_FS_DIR: /var/lib/sallyport/recordings
{{- end }}
{{- include "sallyport.ownSettings" .Values.recorder }}
{{- end -}}

{{- define "sallyport.indexer.settings" -}}
{{ include "sallyport.meshSettings" . }}
INDEXER_RPC_HOST: {{ .Values.bindAddress | quote }}
INDEXER_RPC_PORT: "7404"
INDEXER_HEALTH_HOST: {{ .Values.bindAddress | quote }}
INDEXER_HEALTH_PORT: "7414"
INDEXER_STORE: {{ .Values.commands.store }}
{{- if eq .Values.commands.store "postgres" }}
INDEXER_DATABASE_URL_FILE: /etc/sallyport/database/indexer-url
{{- else }}
INDEXER_ELASTICSEARCH_URL_FILE: /etc/sallyport/elasticsearch/url
{{- end }}
{{- include "sallyport.ownSettings" .Values.indexer }}
{{- end -}}

{{- define "sallyport.worker.settings" -}}
{{ include "sallyport.meshSettings" . }}
WORKER_HEALTH_HOST: {{ .Values.bindAddress | quote }}
WORKER_HEALTH_PORT: "7415"
WORKER_CORE_ADDRESS: {{ include "sallyport.name" . }}-core-rpc:7401
{{- include "sallyport.ownSettings" .Values.worker }}
{{- end -}}
