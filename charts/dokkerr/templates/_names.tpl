{{/* Names and labels; those of src/install/placement.ts, under a Helm release. */}}

{{- define "dokkerr.chartName" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* At most 52 characters, so that `-own`, `-leader` and a pod's own suffix fit behind it. */}}
{{- define "dokkerr.name" -}}
{{- $chart := include "dokkerr.chartName" . -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" -}}
{{- else if contains $chart .Release.Name -}}
{{- .Release.Name | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $chart | trunc 52 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* Names of the cluster's own objects carry the namespace: releases of one name may be in several. */}}
{{- define "dokkerr.clusterName" -}}
{{- $name := include "dokkerr.name" . -}}
{{- if eq $name .Release.Namespace -}}{{ $name }}{{- else -}}{{ printf "%s-%s" .Release.Namespace $name }}{{- end -}}
{{- end -}}

{{- define "dokkerr.leaseName" -}}
{{- .Values.leaderElection.leaseName | default (printf "%s-leader" (include "dokkerr.name" .)) -}}
{{- end -}}

{{- define "dokkerr.webhookService" -}}
{{ include "dokkerr.name" . }}-webhook
{{- end -}}

{{/* The operator's own; cert-manager's is another, for a Secret's type cannot change. */}}
{{- define "dokkerr.webhookSecret" -}}
{{ include "dokkerr.name" . }}-webhook-certificate
{{- end -}}

{{- define "dokkerr.webhookTlsSecret" -}}
{{ include "dokkerr.name" . }}-webhook-tls
{{- end -}}

{{- define "dokkerr.accountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "dokkerr.name" .) -}}
{{- else -}}
{{- .Values.serviceAccount.name | default "default" -}}
{{- end -}}
{{- end -}}

{{- define "dokkerr.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}
{{ .repository }}@{{ .digest }}
{{- else -}}
{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* What tells these pods from all others; a Deployment's selector can never change. */}}
{{- define "dokkerr.selectorLabels" -}}
app.kubernetes.io/name: dokkerr
app.kubernetes.io/instance: {{ include "dokkerr.name" . }}
{{- end -}}

{{- define "dokkerr.labels" -}}
{{ include "dokkerr.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* PromQL labels of what the monitors of this chart scrape; a pod's name ends with its ReplicaSet's and its own suffix. */}}
{{- define "dokkerr.metricSelector" -}}
{{- .Values.prometheusRule.selector | default (printf "namespace=\"%s\",pod=~\"%s-[a-z0-9]+-[a-z0-9]{5}\"" .Release.Namespace (include "dokkerr.name" .)) -}}
{{- end -}}
