{{/* Name in front of all objects of the release. */}}
{{- define "sallyport.name" -}}
{{- default .Release.Name .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{/* Labels that select the pods of a component: dict root, component. */}}
{{- define "sallyport.selector" -}}
app.kubernetes.io/name: sallyport
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{/* Labels of an object: dict root, component. */}}
{{- define "sallyport.labels" -}}
{{ include "sallyport.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- with .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Image of a component: dict root, component. */}}
{{- define "sallyport.image" -}}
{{ printf "%s/%s:%s" .root.Values.image.repository .component (default .root.Chart.AppVersion .root.Values.image.tag) }}
{{- end -}}

{{/* Name of a Secret: dict root, given (of the values, may be empty), suffix. */}}
{{- define "sallyport.secret" -}}
{{- default (printf "%s-%s" (include "sallyport.name" .root) .suffix) .given -}}
{{- end -}}

{{- define "sallyport.secret.hostKeys" -}}
{{ include "sallyport.secret" (dict "root" . "given" .Values.keys.hostKeysSecret "suffix" "host-keys") }}
{{- end -}}
{{- define "sallyport.secret.recordingSigning" -}}
{{ include "sallyport.secret" (dict "root" . "given" .Values.keys.recordingSigningSecret "suffix" "recording-signing") }}
{{- end -}}
{{- define "sallyport.secret.auditSigning" -}}
{{ include "sallyport.secret" (dict "root" . "given" .Values.keys.auditSigningSecret "suffix" "audit-signing") }}
{{- end -}}
{{- define "sallyport.secret.sealingKeys" -}}
{{ include "sallyport.secret" (dict "root" . "given" .Values.keys.sealingKeysSecret "suffix" "sealing-keys") }}
{{- end -}}
{{- define "sallyport.secret.admin" -}}
{{ include "sallyport.secret" (dict "root" . "given" .Values.keys.adminSecret "suffix" "admin") }}
{{- end -}}
{{- define "sallyport.secret.database" -}}
{{ include "sallyport.secret" (dict "root" . "given" .Values.database.existingSecret "suffix" "database") }}
{{- end -}}
{{- define "sallyport.secret.s3" -}}
{{ include "sallyport.secret" (dict "root" . "given" .Values.recordings.s3.existingSecret "suffix" "s3") }}
{{- end -}}

{{/* Addresses of the stores: the trial's own, or those of the values. */}}
{{- define "sallyport.natsUrl" -}}
{{- if .Values.trial.enabled }}nats://{{ include "sallyport.name" . }}-nats:4222{{ else }}{{ .Values.nats.url }}{{ end -}}
{{- end -}}
{{- define "sallyport.s3Endpoint" -}}
{{- if .Values.trial.enabled }}http://{{ include "sallyport.name" . }}-s3:8333{{ else }}{{ .Values.recordings.s3.endpoint }}{{ end -}}
{{- end -}}
{{- define "sallyport.s3Bucket" -}}
{{- if .Values.trial.enabled }}sallyport-recordings{{ else }}{{ .Values.recordings.s3.bucket }}{{ end -}}
{{- end -}}
{{- define "sallyport.s3Port" -}}
{{- if .Values.trial.enabled }}8333{{ else }}{{ .Values.recordings.s3.port }}{{ end -}}
{{- end -}}
