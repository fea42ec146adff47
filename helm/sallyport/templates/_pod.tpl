{{/* Security of every pod: Pod Security Standard "restricted". dict user (a number). */}}
{{- define "sallyport.podSecurity" -}}
runAsNonRoot: true
runAsUser: {{ .user }}
runAsGroup: {{ .user }}
fsGroup: {{ .user }}
fsGroupChangePolicy: OnRootMismatch
seccompProfile: { type: RuntimeDefault }
{{- end -}}

{{/* Security of every container. */}}
{{- define "sallyport.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end -}}

{{/* Volumes of the services' Secrets by purpose; each is mounted at /etc/sallyport/PURPOSE. dict root, purposes, component. */}}
{{- define "sallyport.secretVolumes" -}}
{{- $root := .root -}}
{{- $component := .component -}}
{{- range .purposes }}
- name: {{ . }}
  secret:
    {{- if eq . "mesh" }}
    secretName: {{ include "sallyport.name" $root }}-mesh-{{ $component }}
    {{- else if eq . "auditors-key" }}
    secretName: {{ $root.Values.keys.auditorsKeySecret }}
    {{- else if eq . "elasticsearch" }}
    secretName: {{ $root.Values.commands.elasticsearch.existingSecret }}
    {{- else }}
    secretName: {{ include (printf "sallyport.secret.%s" (get (dict "host-keys" "hostKeys" "recording-signing" "recordingSigning" "audit-signing" "auditSigning" "sealing-keys" "sealingKeys" "admin" "admin" "database" "database" "s3" "s3") .)) $root }}
    {{- end }}
    defaultMode: 0440
{{- end }}
{{- end -}}

{{/* Mounts of the same: dict purposes. */}}
{{- define "sallyport.secretMounts" -}}
{{- range .purposes }}
- { name: {{ . }}, mountPath: /etc/sallyport/{{ . }}, readOnly: true }
{{- end }}
{{- end -}}

{{/* Spreads the pods of a component over zones and nodes as far as there are some: dict root, component. */}}
{{- define "sallyport.spread" -}}
{{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
- maxSkew: 1
  topologyKey: {{ . }}
  whenUnsatisfiable: ScheduleAnyway
  labelSelector:
    matchLabels: {{- include "sallyport.selector" $ | nindent 6 }}
{{- end }}
{{- end -}}

{{/* Probes of a service: alive is the event loop, ready is all that its work needs. */}}
{{- define "sallyport.probes" -}}
startupProbe:
  httpGet: { path: /livez, port: health }
  periodSeconds: 2
  failureThreshold: 60
livenessProbe:
  httpGet: { path: /livez, port: health }
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
readinessProbe:
  httpGet: { path: /readyz, port: health }
  periodSeconds: 5
  timeoutSeconds: 4
  failureThreshold: 2
{{- end -}}
