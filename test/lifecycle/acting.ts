/** Who of several replicas acted, and when, as the API server recorded it. */
import { type AuditedRequest, auditedRequests, writesOf } from '#test/audit.ts';
import { type Release, userOf } from '#test/operator/release.ts';

/** A time in which one pod alone wrote. */
export interface Reign {
  readonly pod: string;
  /** Unix milliseconds of its first write */
  readonly from: number;
  /** of its last */
  readonly until: number;
}

/** What every replica may write, whoever leads: their own certificates, and questions that change nothing. */
const everybodys = /^(secrets|validatingwebhookconfigurations|.*reviews)$/;

/** The reigns since then, in order. Two replicas that write by turns show as many short ones. */
export async function reignsSince(auditLog: string, release: Release, since: number): Promise<Reign[]> {
  const requests = await auditedRequests(auditLog, { user: userOf(release) });
  const reigns: Reign[] = [];
  const acts = ({ at, resource = '' }: AuditedRequest) => at >= since && !everybodys.test(resource);
  for (const { pod = '', at } of writesOf(requests).filter(acts)) {
    const current = reigns.at(-1);
    if (current?.pod === pod) reigns[reigns.length - 1] = { ...current, until: at };
    else reigns.push({ pod, from: at, until: at });
  }
  return reigns;
}
