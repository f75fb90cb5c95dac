/** Spans of a trace that the page asks for first: more than a window shows, and few enough to be there with the page. */
export const FIRST_SPANS = 500
