{{/*
Deployment of a service. dict:
  root, component
  ports     list of {name, containerPort}
  purposes  list of Secrets (see sallyport.secretVolumes)
  writable  list of {name, mountPath, size}: folders on an emptyDir
  volumes, mounts  (optional) text of further ones
  grace     seconds between SIGTERM and SIGKILL
  strategy  (optional) RollingUpdate or Recreate
*/}}
{{- define "sallyport.deployment" -}}
{{- $values := get .root.Values .component -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "sallyport.name" .root }}-{{ .component }}
  labels: {{- include "sallyport.labels" . | nindent 4 }}
spec:
  {{- if not $values.autoscaling.enabled }}
  replicas: {{ $values.replicas }}
  {{- end }}
  revisionHistoryLimit: 5
  {{- if eq (default "RollingUpdate" .strategy) "Recreate" }}
  strategy: { type: Recreate }
  {{- else }}
  strategy:
    type: RollingUpdate
    rollingUpdate: { maxSurge: 1, maxUnavailable: 0 }
  {{- end }}
  selector:
    matchLabels: {{- include "sallyport.selector" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "sallyport.labels" . | nindent 8 }}
        {{- with $values.podLabels }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      annotations:
        sallyport.dev/settings: {{ include (printf "sallyport.%s.settings" .component) .root | sha256sum }}
        {{- with $values.podAnnotations }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    spec:
      automountServiceAccountToken: false
      enableServiceLinks: false
      terminationGracePeriodSeconds: {{ .grace }}
      {{- with .root.Values.image.pullSecrets }}
      imagePullSecrets: {{- range . }}
        - name: {{ . }}
      {{- end }}
      {{- end }}
      {{- with $values.priorityClassName }}
      priorityClassName: {{ . }}
      {{- end }}
      {{- with $values.nodeSelector }}
      nodeSelector: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $values.tolerations }}
      tolerations: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $values.affinity }}
      affinity: {{- toYaml . | nindent 8 }}
      {{- end }}
      topologySpreadConstraints: {{- include "sallyport.spread" . | nindent 8 }}
      securityContext: {{- include "sallyport.podSecurity" (dict "user" 65532) | nindent 8 }}
      containers:
        - name: {{ .component }}
          image: {{ include "sallyport.image" . }}
          imagePullPolicy: {{ .root.Values.image.pullPolicy }}
          envFrom:
            - configMapRef: { name: {{ include "sallyport.name" .root }}-{{ .component }} }
          {{- with $values.extraEnv }}
          env: {{- toYaml . | nindent 12 }}
          {{- end }}
          ports: {{- range .ports }}
            - { name: {{ .name }}, containerPort: {{ .containerPort }} }
          {{- end }}
          {{- include "sallyport.probes" . | nindent 10 }}
          # New connections find another pod before this one refuses them.
          lifecycle: { preStop: { sleep: { seconds: 5 } } }
          resources: {{- toYaml $values.resources | nindent 12 }}
          securityContext: {{- include "sallyport.containerSecurity" . | nindent 12 }}
          volumeMounts:
            {{- include "sallyport.secretMounts" . | nindent 12 }}
            {{- range .writable }}
            - { name: {{ .name }}, mountPath: {{ .mountPath }} }
            {{- end }}
            {{- with .mounts }}
            {{- . | nindent 12 }}
            {{- end }}
            {{- with $values.extraVolumeMounts }}
            {{- toYaml . | nindent 12 }}
            {{- end }}
      volumes:
        {{- include "sallyport.secretVolumes" . | nindent 8 }}
        {{- range .writable }}
        - name: {{ .name }}
          emptyDir: { sizeLimit: {{ .size }} }
        {{- end }}
        {{- with .volumes }}
        {{- . | nindent 8 }}
        {{- end }}
        {{- with $values.extraVolumes }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
{{- end -}}
