// Privacy: what is kept, how long, who sees it, how to erase it.

import { element, paragraphs } from "../scripts/elements.js";
import { text } from "../scripts/language.js";
import { heading, page } from "../scripts/shell.js";

const PARTS = ["kept", "not_kept", "seen_by", "how_long", "erase", "face", "device", "who"];

page(text("privacy.title"),
  heading(text("privacy.title"), text("privacy.lead")),
  PARTS.map((part) => element("section", {},
    element("h2", {}, text(`privacy.${part}`)),
    paragraphs(text(`privacy.${part}.more`)))));
