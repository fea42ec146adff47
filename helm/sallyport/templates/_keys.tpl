{{/* Kinds of keys that the chart makes, comma separated. Secrets that the values name are never made. */}}
{{- define "sallyport.madeKeys" -}}
{{- $made := list -}}
{{- if eq .Values.keys.source "generate" -}}
{{- range $kind, $given := dict
  "host-keys" .Values.keys.hostKeysSecret
  "recording-signing" .Values.keys.recordingSigningSecret
  "audit-signing" .Values.keys.auditSigningSecret
  "sealing-keys" .Values.keys.sealingKeysSecret
  "admin" .Values.keys.adminSecret -}}
{{- if not $given }}{{ $made = append $made $kind }}{{ end -}}
{{- end -}}
{{- end -}}
{{- if eq .Values.meshCertificates.source "chart" }}{{ $made = append $made "mesh" }}{{ end -}}
{{- if .Values.trial.enabled }}{{ $made = append $made "trial-stores" }}{{ end -}}
{{- join "," $made -}}
{{- end -}}

{{/* Arguments of the command that makes missing keys and renews certificates: dict root, kinds. */}}
{{- define "sallyport.keysContainer" -}}
{{ include "sallyport.jobContainer" (dict "root" .root "name" "keys" "image" "cli" "args" (list
  "kubernetes" "make-keys" "--name" (include "sallyport.name" .root) "--kinds" .kinds
  "--certificate-days" (.root.Values.meshCertificates.days | toString))) }}
{{- end -}}
