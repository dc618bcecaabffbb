/** The languages that the service answers in. English where the caller asks for neither. */
export type Language = "vi" | "en";
