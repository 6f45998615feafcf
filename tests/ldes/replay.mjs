// Replicates a Linked Data Event Stream with ldes-client and prints one JSON object a line for each member, as it comes.
// node replay.mjs URL [ascending|descending|none] [AFTER]   AFTER: only members later than this moment.
import { replicateLDES } from "ldes-client";
import { Writer } from "n3";

const [url, order = "none", after] = process.argv.slice(2);
const client = replicateLDES(after ? { url, after: new Date(after) } : { url }, order);
let failed;
client.on("error", (error) => {
  failed = error;
});
const writer = new Writer({ format: "N-Quads" });
for await (const member of client.stream({ highWaterMark: 10 })) {
  const quads = writer.quadsToString(member.quads);
  const moment = member.timestamp.toISOString();
  process.stdout.write(JSON.stringify({ id: member.id.value, thing: member.isVersionOf, kind: member.type.value, moment, quads }) + "\n");
}
if (failed) throw failed;
