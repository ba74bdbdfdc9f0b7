import { describe, expect, it } from 'vitest';
import { manualClock } from '../manual-clock.ts';
import { createQueue } from '../queue/queue.ts';
import { createMetrics } from './metrics.ts';

const widget = { group: 'dokkerr.io', version: 'v1', kind: 'Widget', plural: 'widgets', namespaced: true };

describe('metrics', () => {
  it('are there from the start, at zero, under the names dashboards know', async () => {
    const metrics = createMetrics('dokkerr');
    metrics.controller('widget', widget, 10);
    const text = await metrics.registry.metrics();
    for (const line of [
      'controller_runtime_reconcile_total{controller="widget",result="success"} 0',
      'controller_runtime_reconcile_total{controller="widget",result="error"} 0',
      'controller_runtime_reconcile_errors_total{controller="widget"} 0',
      'controller_runtime_reconcile_time_seconds_count{controller="widget"} 0',
      'controller_runtime_max_concurrent_reconciles{controller="widget"} 10',
      'controller_runtime_active_workers{controller="widget"} 0',
      'workqueue_adds_total{name="widget",controller="widget"} 0',
      'workqueue_depth{name="widget",controller="widget",priority="low"} 0',
      'workqueue_queue_duration_seconds_count{name="widget",controller="widget"} 0',
      'workqueue_retries_total{name="widget",controller="widget"} 0',
      'dokkerr_events_dropped_total{reason="spam"} 0',
    ]) {
      expect(text).toContain(line);
    }
    expect(text).toMatch(/^process_cpu_seconds_total /m);
  });

  it('count what the cache lives through, by kind, from zero', async () => {
    const { cache, registry } = createMetrics('dokkerr');
    cache.watched('Pod');
    const before = await registry.metrics();
    expect(before).toContain('dokkerr_watch_restarts_total{kind="Pod",cause="ended"} 0');
    expect(before).toContain('dokkerr_malformed_objects_total{kind="Pod"} 0');
    cache.restarted('Pod', 'cut');
    cache.malformed('Pod');
    const after = await registry.metrics();
    expect(after).toContain('dokkerr_watch_restarts_total{kind="Pod",cause="cut"} 1');
    expect(after).toContain('dokkerr_malformed_objects_total{kind="Pod"} 1');
  });

  it('follow a queue, also in what has not ended', async () => {
    const metrics = createMetrics('dokkerr');
    const ofWidget = metrics.controller('widget', widget, 1);
    const clock = manualClock();
    const queue = createQueue({ clock, observer: ofWidget.queue });
    ofWidget.watchQueue(queue);
    for (const key of ['a', 'b', 'c']) queue.add(key);
    await queue.take();
    await queue.take();
    clock.advance(2000);
    const text = await metrics.registry.metrics();
    expect(text).toContain('workqueue_depth{name="widget",controller="widget",priority="normal"} 1');
    expect(text).toContain('workqueue_unfinished_work_seconds{name="widget",controller="widget"} 4');
    expect(text).toContain('workqueue_longest_running_processor_seconds{name="widget",controller="widget"} 2');
  });
});
