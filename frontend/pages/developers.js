// For developers: the API of this deployment, in commands to copy.

import { address } from "../scripts/api.js";
import { copyButton } from "../scripts/copy.js";
import { element, rich } from "../scripts/elements.js";
import { text } from "../scripts/language.js";
import { heading, page } from "../scripts/shell.js";

const at = (/** @type {string} */ path) => address(path).replace(/\/$/, "");

const COMMANDS = {
  compare: `curl -F image1=@at-12.jpg -F image2=@at-29.jpg \\
  '${at("images_similarity")}?detail=true&age1=12&age2=29'`,
  batch: `curl -F imageList1=@a.jpg -F imageList1=@b.jpg -F imageList2=@c.jpg \\
  '${at("batch_images_similarity")}'`,
  cases: `curl '${at("cases")}?country=RO&word=cluj&limit=20'`,
  report: `curl -H 'Content-Type: application/json' -H "Idempotency-Key: $(uuidgen)" \\
  -d '{"name": "Ana", "sex": "female", "country": "RO", "birth_year": 1998,
       "missing_since": "2004-05-17", "place": "Cluj-Napoca", "description": "...",
       "consent": true, "contact": {"name": "...", "email": "...", "phone": "", "relation": ""}}' \\
  '${at("cases")}'`,
  photo: `curl -H "Authorization: Bearer $SECRET" -F photo=@ana-at-6.jpg -F age=6 \\
  '${at("cases")}/'"$CASE/photos"`,
  sighting: `curl -F photo=@seen.jpg -F seen_on=2022-08-01 -F place=Lisbon -F country=PT \\
  '${at("search/sightings")}'`,
  probe: `curl -H "Authorization: Bearer $REVIEWER" -F photo=@seen.jpg -F age=24 \\
  '${at("search/probe")}?limit=10'`,
  erase: `curl -X DELETE -H "Authorization: Bearer $SECRET" '${at("cases")}/'"$CASE"`,
};

function command([name, words]) {
  return element("section", { class: "command" },
    element("h2", {}, text(`developers.${name}`)),
    element("p", {}, text(`developers.${name}.more`)),
    element("pre", { tabindex: "0", "aria-label": text(`developers.${name}`) }, element("code", {}, words)),
    copyButton(words, text("developers.copy")));
}

page(text("developers.title"),
  heading(text("developers.title"), text("developers.lead")),
  element("p", {}, rich(text("developers.docs"))),
  element("p", {}, rich(text("developers.errors"))),
  Object.entries(COMMANDS).map(command));
