// Serves @labdigital/commercetools-mock on a free port of 127.0.0.1 and prints its address as one line of JSON.
import { CommercetoolsMock } from "@labdigital/commercetools-mock";

const mock = new CommercetoolsMock({
  enableAuthentication: true,
  validateCredentials: true,
  defaultProjectKey: "demo",
  silent: true,
});
const address = await mock.app.listen({ port: 0, host: "127.0.0.1" });
process.stdout.write(`${JSON.stringify({ base_url: address })}\n`);
process.stdin.on("end", () => process.exit(0)).resume();
