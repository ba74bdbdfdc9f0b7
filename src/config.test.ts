import { describe, expect, it } from 'vitest';
import { controllerConfig, parseConfig } from './config.ts';

describe('the configuration of a role', () => {
  it('has a default for everything', () => {
    expect(parseConfig(controllerConfig, {})).toEqual({
      namespaces: [],
      listen: { host: '', port: 8080 },
      concurrency: 10,
      logLevel: 'info',
      logFormat: 'auto',
    });
  });

  it('reads lists and addresses', () => {
    const config = parseConfig(controllerConfig, { namespaces: 'a, b,', listen: '[::1]:0', concurrency: '3' });
    expect(config).toMatchObject({ namespaces: ['a', 'b'], listen: { host: '::1', port: 0 }, concurrency: 3 });
  });

  it.each([
    [{ namespaces: 'a,B_' }, '--namespaces "a,B_": is no name of a namespace'],
    [{ listen: '8080' }, '--listen "8080": write host:port'],
    [{ listen: ':70000' }, '--listen ":70000": a port is at most 65535'],
    [{ logLevel: 'loud' }, '--log-level "loud": '],
    [{ concurrency: 'many' }, '--concurrency "many": write a whole number'],
  ])('refuses %j, naming the flag, the value and the cure', (flags, message) => {
    expect(() => parseConfig(controllerConfig, flags)).toThrow(message);
  });

  it('names every flag that is wrong at once', () => {
    expect(() => parseConfig(controllerConfig, { listen: 'x', logLevel: 'y' })).toThrow(/--listen.*--log-level/);
  });
});
