/** Whether any node could ever run one pod, judged by what the node has, not by what is free: the scheduler waits for that. */

import { type Amounts, amounts, formatAmount, podRequests, type Violation } from '#contracts/container/requests.ts';
import type { Container } from '#crds/container.ts';
import type { Node } from '#runtime/client/kinds.ts';

/** The one thing in the way on every node, with the best figure found; `undefined` when at least one node fits. */
export function checkNodes(container: Container, nodes: readonly Node[]): Violation | undefined {
  const { nodeSelector = {} } = container.spec.scheduling ?? {};
  if (nodes.length === 0) return { reason: 'NoNodes', message: 'the cluster has no nodes; add one' };
  const selected = nodes.filter((node) => matches(node, nodeSelector));
  if (selected.length === 0) {
    return {
      reason: 'NoMatchingNode',
      message: `none of ${nodes.length} nodes has the labels of spec.scheduling.nodeSelector (${selectorText(nodeSelector)})`,
    };
  }
  const requests = podRequests(container);
  if (selected.some((node) => shortfalls(requests, node).length === 0)) return undefined;
  return tooLarge(requests, selected);
}

function tooLarge(requests: Amounts, nodes: readonly Node[]): Violation {
  const resource = Object.keys(requests).find((name) =>
    nodes.every((node) => shortfalls(requests, node).includes(name)),
  );
  if (resource === undefined) {
    return {
      reason: 'NoNodeLargeEnough',
      message: `no node has enough of everything: ${nodes.map((node) => nodeText(requests, node)).join('; ')}`,
    };
  }
  const best = nodes.reduce((left, right) => (has(right, resource) > has(left, resource) ? right : left));
  return {
    reason: 'NoNodeLargeEnough',
    message:
      `spec.resources asks for ${formatAmount(resource, requests[resource] ?? 0n)} ${resource}, ` +
      `the largest node (${best.metadata.name}) has ${formatAmount(resource, has(best, resource))}; ask for less or add a larger node`,
  };
}

function nodeText(requests: Amounts, node: Node): string {
  const missing = shortfalls(requests, node).map(
    (name) => `${formatAmount(name, has(node, name))} of ${formatAmount(name, requests[name] ?? 0n)} ${name}`,
  );
  return `${node.metadata.name} has ${missing.join(' and ')}`;
}

function shortfalls(requests: Amounts, node: Node): string[] {
  return Object.keys(requests).filter((resource) => has(node, resource) < (requests[resource] ?? 0n));
}

function has(node: Node, resource: string): bigint {
  return amounts(node.status?.allocatable ?? {})[resource] ?? 0n;
}

function matches(node: Node, selector: Readonly<Record<string, string>>): boolean {
  return Object.entries(selector).every(([label, value]) => node.metadata.labels?.[label] === value);
}

function selectorText(selector: Readonly<Record<string, string>>): string {
  return Object.entries(selector)
    .map(([label, value]) => `${label}=${value}`)
    .join(', ');
}
