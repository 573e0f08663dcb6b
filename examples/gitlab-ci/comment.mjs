// Makes the preview in a file a comment of the merge request, or edits the one that it made before.
import { readFileSync } from "node:fs";

const { CI_API_V4_URL, CI_PROJECT_ID, CI_MERGE_REQUEST_IID, GITLAB_TOKEN } = process.env;
const notes = `${CI_API_V4_URL}/projects/${CI_PROJECT_ID}/merge_requests/${CI_MERGE_REQUEST_IID}/notes`;
const mark = "<!-- pulumi preview -->";
// GitLab takes 1,000,000 characters. The end is kept, which has the words.
const text = readFileSync(process.argv[2], "utf8").slice(-900_000);
const headers = { "PRIVATE-TOKEN": GITLAB_TOKEN, "Content-Type": "application/json" };

async function call(url, method = "GET", body = undefined) {
  const response = await fetch(url, { method, headers, body });
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status}`);
  return response;
}

async function ownNote() {
  for (let page = "1"; page;) {
    const response = await call(`${notes}?per_page=100&page=${page}`);
    const own = (await response.json()).find(({ body }) => body.startsWith(mark));
    if (own) return own.id;
    page = response.headers.get("x-next-page");
  }
  return undefined;
}

const body = JSON.stringify({ body: `${mark}\n\`\`\`\n${text}\n\`\`\`` });
const id = await ownNote();
await call(id ? `${notes}/${id}` : notes, id ? "PUT" : "POST", body);
