{{/*
Whether admission is served, and by whose certificates: empty for no. An operator of some namespaces has no permission on
the cluster, where webhooks and policies are at home.
*/}}
{{- define "dokkerr.webhook" -}}
{{- if and .Values.webhook.enabled (not .Values.namespaces) -}}true{{- end -}}
{{- end -}}

{{- define "dokkerr.webhook.own" -}}
{{- if and (include "dokkerr.webhook" .) (not .Values.webhook.certManager.enabled) -}}true{{- end -}}
{{- end -}}

{{- define "dokkerr.webhook.certManager" -}}
{{- if and (include "dokkerr.webhook" .) .Values.webhook.certManager.enabled -}}true{{- end -}}
{{- end -}}

{{- define "dokkerr.policies" -}}
{{- if and .Values.admissionPolicies.enabled (not .Values.namespaces) -}}true{{- end -}}
{{- end -}}

{{/* Names by which API servers call the webhook, and people do. */}}
{{- define "dokkerr.webhook.hosts" -}}
{{- $host := printf "%s.%s.svc" (include "dokkerr.webhookService" .) .Release.Namespace -}}
- {{ $host }}
- {{ $host }}.cluster.local
{{- end -}}
