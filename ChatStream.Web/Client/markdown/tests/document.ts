import { parseHTML } from "linkedom";

/** A document for tests that run without a browser. Import it before what makes nodes. */
const { document, Text, Element } = parseHTML("<!DOCTYPE html><html><body></body></html>");

Object.assign(globalThis, { document, Text, Element });
