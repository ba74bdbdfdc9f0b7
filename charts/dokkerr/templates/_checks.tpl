{{/* Values that are right one by one and wrong together: refused with a sentence that says what to write. */}}
{{- define "dokkerr.checks" -}}
{{- if and (not .Values.leaderElection.enabled) (gt (int .Values.replicas) 1) -}}
{{- fail (printf "replicas is %d and leaderElection.enabled is false: several pods would act at once; set replicas to 1, or leaderElection.enabled to true" (int .Values.replicas)) -}}
{{- end -}}
{{- if and .Values.metrics.serviceMonitor.enabled (not .Values.metrics.service.enabled) -}}
{{- fail "metrics.serviceMonitor.enabled needs the Service: set metrics.service.enabled to true, or use metrics.podMonitor" -}}
{{- end -}}
{{- if and .Values.metrics.serviceMonitor.enabled .Values.metrics.podMonitor.enabled -}}
{{- fail "metrics.serviceMonitor and metrics.podMonitor are both enabled: every figure would count twice; enable one" -}}
{{- end -}}
{{- if and (include "dokkerr.webhook" .) (eq (int .Values.webhook.port) (int .Values.metrics.port)) -}}
{{- fail (printf "webhook.port and metrics.port are both %d: choose another for one of them" (int .Values.webhook.port)) -}}
{{- end -}}
{{- if and .Values.rbac.create (not .Values.serviceAccount.create) (not .Values.serviceAccount.name) -}}
{{- fail "serviceAccount.create is false and serviceAccount.name is empty: the roles would go to every pod that uses the account default; name the operator's account" -}}
{{- end -}}
{{- end -}}
