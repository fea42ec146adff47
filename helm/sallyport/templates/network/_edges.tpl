{{/*
Connections of the product: from a component to a component, on a port of the pod. External stores are "postgres", "nats", "s3" and
"elasticsearch" too; only a trial has pods for them. "any" is every address.
*/}}
{{- define "sallyport.edges" -}}
{{- $inPostgres := eq .Values.commands.store "postgres" -}}
- { from: gateway, to: core, port: 7401 }
- { from: gateway, to: recorder, port: 7403 }
- { from: gateway, to: nats, port: {{ .Values.nats.port }} }
- { from: core, to: postgres, port: {{ .Values.database.port }} }
- { from: core, to: nats, port: {{ .Values.nats.port }} }
- { from: core, to: recorder, port: 7403 }
- { from: core, to: indexer, port: 7404 }
- { from: recorder, to: nats, port: {{ .Values.nats.port }} }
{{- if eq .Values.recordings.store "s3" }}
- { from: recorder, to: s3, port: {{ include "sallyport.s3Port" . }} }
{{- end }}
- { from: indexer, to: nats, port: {{ .Values.nats.port }} }
{{- if $inPostgres }}
- { from: indexer, to: postgres, port: {{ .Values.database.port }} }
{{- else }}
- { from: indexer, to: elasticsearch, port: {{ .Values.commands.elasticsearch.port }} }
{{- end }}
- { from: worker, to: core, port: 7401 }
- { from: worker, to: nats, port: {{ .Values.nats.port }} }
- { from: prepare, to: postgres, port: {{ .Values.database.port }} }
- { from: prepare, to: nats, port: {{ .Values.nats.port }} }
{{- if .Values.trial.enabled }}
- { from: prepare, to: s3, port: {{ include "sallyport.s3Port" . }} }
{{- end }}
{{- if not $inPostgres }}
- { from: prepare, to: elasticsearch, port: {{ .Values.commands.elasticsearch.port }} }
{{- end }}
- { from: test, to: core, port: 8080 }
- { from: test, to: gateway, port: 2222 }
- { from: test, to: postgres, port: {{ .Values.database.port }} }
- { from: gateway, to: test, port: 2022 }
{{- end -}}

{{/* Components that are pods of this release. */}}
{{- define "sallyport.pods" -}}
core gateway recorder indexer worker prepare test{{ if .Values.trial.enabled }} postgres nats s3{{ end }}
{{- end -}}
