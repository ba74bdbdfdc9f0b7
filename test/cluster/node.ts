// What the node's own namespaces look like before its first program starts: hostname, mounts, kernel settings.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClusterContext } from './context.ts';

/** The set-up as a script for sh(1), run inside the namespaces with the paths it needs as arguments. */
const script = `
node=$1 kubelet=$2 logs=$3
hostname "$node"
# Sockets, locks and run-time state of this node alone.
mount -t tmpfs -o mode=755 tmpfs /run
# Folders whose path kubelet and the network plugins do not let anybody choose.
mount --bind "$logs" /var/log
mkdir -p /var/lib/cni
mount -t tmpfs tmpfs /var/lib/cni
# What a CSI driver mounts here must be seen by the containers that kubelet starts later.
mount --bind "$kubelet" "$kubelet"
mount --make-rshared "$kubelet"
echo 1 > /proc/sys/net/ipv4/ip_forward
# kubelet sets these for the whole machine unless it finds them set: here it finds them set, and the machine stays as it is.
mkdir /run/sysctl
while read -r name value; do
  file=/run/sysctl/$(basename "$name")
  echo "$value" > "$file"
  mount --bind "$file" "/proc/sys/$name"
done <<END
vm/overcommit_memory 1
vm/panic_on_oom 0
kernel/panic 10
kernel/panic_on_oops 1
kernel/keys/root_maxkeys 1000000
kernel/keys/root_maxbytes 25000000
END
`;

/** Sets up the namespaces of a node that nothing runs in yet. */
export async function prepareNode(ctx: ClusterContext): Promise<void> {
  const logs = join(ctx.dir, 'log/node');
  await Promise.all([logs, ctx.kubeletRoot].map((folder) => mkdir(folder, { recursive: true })));
  await ctx.run('sh', ['-ec', script, 'prepare-node', ctx.nodeName, ctx.kubeletRoot, logs]);
}
