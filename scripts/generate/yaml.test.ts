import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { toYaml } from './yaml.ts';

it('is read alike by readers of YAML 1.1, as kubectl is, and of YAML 1.2', () => {
  const content = { enum: ['Off', 'on', 'no', 'y', 'Auto', '012', '1:30', '~'], list: [{ default: '10m' }] };
  expect(parse(toYaml(content), { version: '1.1' })).toEqual(content);
  expect(parse(toYaml(content))).toEqual(content);
});
