/** The kinds of metrics there are, taken from prom-client one by one, each name both a class and its type. */
import type * as client from 'prom-client';
import CounterClass from 'prom-client/lib/counter.js';
import GaugeClass from 'prom-client/lib/gauge.js';
import HistogramClass from 'prom-client/lib/histogram.js';
import RegistryClass from 'prom-client/lib/registry.js';

export const Counter = CounterClass;
export type Counter<Label extends string = string> = client.Counter<Label>;
export const Gauge = GaugeClass;
export type Gauge<Label extends string = string> = client.Gauge<Label>;
export const Histogram = HistogramClass;
export type Histogram<Label extends string = string> = client.Histogram<Label>;
export const Registry = RegistryClass;
export type Registry = client.Registry;
