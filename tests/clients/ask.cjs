// Asks questions of a SPARQL endpoint with Comunica and prints the answers as one JSON object, by name of the question.
// node ask.cjs ENDPOINT TYPE FILE.rq ...   TYPE: "sparql", or "" to let Comunica find out what the address is.
const fs = require("node:fs");
const path = require("node:path");
const { QueryEngine } = require("@comunica/query-sparql");

const [endpoint, type, ...files] = process.argv.slice(2);
const source = type ? { type, value: endpoint } : { value: endpoint };

async function ask(engine, query) {
  const result = await engine.query(query, { sources: [source] });
  const answer = await result.execute();
  if (result.resultType === "boolean") return answer;
  const found = await answer.toArray();
  if (result.resultType === "quads") return found.map((quad) => [quad.subject.value, quad.predicate.value, quad.object.value]);
  return found.map((row) => Object.fromEntries([...row].map(([variable, term]) => [variable.value, term.value])));
}

(async () => {
  const engine = new QueryEngine();
  const answers = {};
  for (const file of files) answers[path.basename(file, ".rq")] = await ask(engine, fs.readFileSync(file, "utf8"));
  process.stdout.write(JSON.stringify(answers));
})();
