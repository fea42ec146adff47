import { startNats, type MeshIdentity, type PartOptions, type RunningPart } from '@sallyport/backing';
import { authorizationConf, OPERATOR, provisionBus, SERVER } from '@sallyport/bus';

/** Starts NATS with the permissions of the services, and creates its streams and consumers, because no service may. */
export async function startBus(
  options: PartOptions,
  mesh: Readonly<Record<typeof SERVER | typeof OPERATOR, MeshIdentity>>,
): Promise<RunningPart> {
  const nats = await startNats({ ...options, access: { identity: mesh[SERVER], authorization: authorizationConf() } });
  try {
    await provisionBus({ url: nats.url, identity: mesh[OPERATOR] });
    return nats;
  } catch (error) {
    await nats.stop();
    throw error;
  }
}
