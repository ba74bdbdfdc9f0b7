/**
 * An API server that dies with each record of a run: it has stored it, and nobody hears so. Operator, kubelet and all else
 * live on without it, for half a minute while data is moved.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { attachCluster } from '#cluster/local.ts';
import type { Backups } from '../e2e/backups.ts';
import { type BackupsOnHost, openOnHost } from './on-host.ts';
import { backedUp, backUpFrozen, bringBack, expectBroughtBack } from './runs.ts';
import { WatchedOperator } from './watched-operator.ts';

/** Milliseconds it is away while data is moved, when most depends on nothing being lost meanwhile. */
const outage = 30_000;
const moving = /^(Store|Restore)$/;

let operator: WatchedOperator;
let host: BackupsOnHost;
let backups: Backups;
beforeAll(async () => {
  operator = await WatchedOperator.start(inject('kubeconfig'));
  host = await openOnHost('api-server-killed');
  backups = host.backups;
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  await operator[Symbol.asyncDispose]();
});

/** Kills it with each record of that controller, until the steps are asked for that it died at. */
async function mortal(controller: string): Promise<() => Promise<string[]>> {
  const cluster = await attachCluster(inject('cluster'));
  const steps: string[] = [];
  let isBack = Promise.resolve();
  operator.atEach(controller, async ({ when, what, step }) => {
    if (when === 'before' || step === undefined) return true;
    steps.push(step);
    console.log(`the API server dies with ${what}`);
    const dies = async () => {
      await cluster.kill('kube-apiserver');
      if (moving.test(step) && what.includes('Running')) await pause(outage);
      await cluster.start('kube-apiserver');
    };
    // One after the other, should it be asked for twice at once.
    isBack = isBack.then(dies);
    await isBack;
    return false;
  });
  return async () => {
    operator.spare();
    await isBack;
    return steps;
  };
}

test('a backup completes once, and the application that was frozen for it goes on', async () => {
  const deaths = await mortal('backup');
  await backUpFrozen(backups, deaths);
  expect(await deaths()).toEqual(
    expect.arrayContaining(['PreHooks', 'Snapshot', 'PostHooks', 'Copy', 'Store', 'CleanUp']),
  );
});

test('a restore in place writes once, and the application runs on what was restored', async () => {
  await backedUp(backups, 'diary');
  const deaths = await mortal('restore');
  const restore = await bringBack(backups, 'diary');
  const steps = ['VerifyIntegrity', 'Quiesce', 'SafetyBackup', 'Restore'];
  expect(await deaths()).toEqual(expect.arrayContaining(steps));
  await expectBroughtBack(backups, 'diary', restore);
});
