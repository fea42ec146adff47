{{/* A container of a Job: dict root, name, image (component), args, env (optional text), mounts (optional text). */}}
{{- define "sallyport.jobContainer" -}}
- name: {{ .name }}
  image: {{ include "sallyport.image" (dict "root" .root "component" .image) }}
  imagePullPolicy: {{ .root.Values.image.pullPolicy }}
  args: {{- range .args }}
    - {{ . | quote }}
  {{- end }}
  {{- with .env }}
  env: {{- . | nindent 4 }}
  {{- end }}
  resources:
    requests: { cpu: 50m, memory: 96Mi }
    limits: { cpu: "1", memory: 384Mi }
  securityContext: {{- include "sallyport.containerSecurity" . | nindent 4 }}
  {{- with .mounts }}
  volumeMounts: {{- . | nindent 4 }}
  {{- end }}
{{- end -}}

{{/* Pod settings that Jobs share: dict root, account (service account; empty: none). */}}
{{- define "sallyport.jobPod" -}}
enableServiceLinks: false
{{- if .account }}
serviceAccountName: {{ .account }}
automountServiceAccountToken: true
{{- else }}
automountServiceAccountToken: false
{{- end }}
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets: {{- range . }}
  - name: {{ . }}
{{- end }}
{{- end }}
securityContext: {{- include "sallyport.podSecurity" (dict "user" 65532) | nindent 2 }}
{{- end -}}

{{/* Annotations of a hook: dict events, weight. Its objects go once they have done their work. */}}
{{- define "sallyport.hook" -}}
helm.sh/hook: {{ .events }}
helm.sh/hook-weight: {{ .weight | quote }}
helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
{{- end -}}
