import { Socket } from 'node:net';

/** The domains of AWS, and the addresses at which it hands out credentials. */
const aws =
  /(?:^|\.)(?:amazonaws\.com|amazonaws\.com\.cn|amazonaws\.eu|amazonaws\.cn|aws\.amazon\.com|api\.aws|on\.aws|awsapps\.com)$|^169\.254\.169\.254$|^169\.254\.170\.2$|^169\.254\.170\.23$|^fd00:ec2::(?:254|23)$/i;

let refused = false;

/**
 * Makes this process refuse to connect to AWS. Clients that other plugins or a function configure themselves are
 * refused too, before the name is looked up.
 */
export function refuseAws(): void {
  if (refused) return;
  refused = true;
  Socket.prototype.connect = new Proxy(Socket.prototype.connect, {
    apply(connect, socket: Socket, args: unknown[]) {
      const host = hostOf(args);
      if (host === undefined || !aws.test(host)) return Reflect.apply(connect, socket, args);
      const message = `This command is for the endpoint on this machine: it does not connect to ${host}.`;
      process.nextTick(() => socket.destroy(Object.assign(new Error(message), { code: 'ERR_REFUSED_AWS' })));
      return socket;
    },
  });
}

/** The host among the arguments of `connect(options)`, `connect(port, host)` or Node's own form, a list of them. */
function hostOf([first, second]: readonly unknown[]): string | undefined {
  const [target, host] = Array.isArray(first) ? first : [first, second];
  const named = typeof target === 'object' && target !== null && 'host' in target ? target.host : host;
  return typeof named === 'string' ? named.replace(/\.$/, '') : undefined;
}
