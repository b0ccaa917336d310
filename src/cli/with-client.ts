import type { Client } from '../server/client.ts';
import type { Context } from './context.ts';

/** Connects to the service for as long as `use` takes. */
export async function withClient<Result>(
  context: Pick<Context, 'connect'>,
  use: (client: Client) => Promise<Result>,
): Promise<Result> {
  const client = await context.connect();
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}
