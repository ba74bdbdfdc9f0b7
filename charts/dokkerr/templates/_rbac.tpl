{{/*
A role and the binding that gives it to the operator's account.
Takes a dict: root, kind (Role or ClusterRole), name, namespace (of a Role), rules (YAML).
*/}}
{{- define "dokkerr.granted" -}}
{{- range $part := list "role" "binding" }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: {{ $.kind }}{{ if eq $part "binding" }}Binding{{ end }}
metadata:
  name: {{ $.name }}
  {{- with $.namespace }}
  namespace: {{ . }}
  {{- end }}
  labels:
    {{- include "dokkerr.labels" $.root | nindent 4 }}
{{- if eq $part "role" }}
rules:
{{ $.rules | trim }}
{{- else }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: {{ $.kind }}
  name: {{ $.name }}
subjects:
  - kind: ServiceAccount
    namespace: {{ $.root.Release.Namespace }}
    name: {{ include "dokkerr.accountName" $.root }}
{{- end }}
{{- end }}
{{- end -}}
