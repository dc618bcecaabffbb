import { builtInConcepts } from "./cues.ts";
import type { Lexicon } from "./lexicon.ts";

/** Which concepts state a fact, which tie it to a person, and which say that the text is for everybody. */
export const decisiveConcepts =
  /^(health\.(disease|pregnancy|drug|fact)|biometric_genetic\.(template|fact)|religion\.(role|rite)|politics\.party|ethnicity\.(group|fact)|union\.word|sex_life\.orientation|criminal\.(record|offence))$/;
export const linkingConcepts = /^(name|full_name|cue\.(patient|kin)|ph\.other)$/;
/** What somebody has, with the verb that says so; of somebody who is addressed or named, and not only supposed. */
export const toldConcepts = /^health\.(fact|disease)$/;
export const diagnosisConcepts = /^fact\.diagnose$/;
export const addressedConcepts = /^cue\.you$/;
export const unsureConcepts =
  /^(cue\.(conditional|negation|general|guide)|question|ask\.question|allow\..*)$/;
export const clearingConcepts = /^(cue\.(event|general|conditional)|allow\.|cue\.optout|num\.percent)/;
export const causalConcepts = /^cue\.causal$/;
export const askingConcepts = /^ask\.(give|question)$/;

/** The coarse kind of each concept: its category's number, -1 for cues. */
export function kindsOf(lexicon: Lexicon): Int16Array {
  const kinds = new Int16Array(lexicon.concepts.length + builtInConcepts.length + 256).fill(-1);
  lexicon.categoryOf.forEach((category, concept) => {
    if (category >= 0) kinds[concept] = category;
  });
  return kinds;
}

/** What a term, a name or a number is called where its words do not matter; 0 where the words matter. */
export function shapesOf(lexicon: Lexicon): Int16Array {
  const shapes = new Int16Array(lexicon.concepts.length + builtInConcepts.length + 256);
  [...lexicon.concepts, ...builtInConcepts].forEach((name, concept) => {
    const kind = lexicon.categoryOf[concept] ?? -1;
    if (concept < lexicon.concepts.length && kind >= 0) shapes[concept] = 1 + kind;
    else if (/^(name|full_name)$/.test(name)) shapes[concept] = 30;
    else if (name.startsWith("num.")) shapes[concept] = 31 + concept - lexicon.concepts.length;
    else if (name.startsWith("ph.")) shapes[concept] = 60;
    else if (/^cue\.kin$/.test(name)) shapes[concept] = 61;
  });
  return shapes;
}

/** What a cue does in a sentence, in coarse roles: who, fact, question, advertisement, general, clearing. */
export function rolesOf(lexicon: Lexicon): Int16Array {
  const roles = new Int16Array(lexicon.concepts.length + builtInConcepts.length + 256).fill(-1);
  const role = (name: string): number => {
    if (/^(cue\.(kin|patient|third)|full_name)$/.test(name)) return 1;
    if (/^(cue\.(you|address)|name|ph\.)/.test(name)) return 0;
    if (name.startsWith("fact.")) return 2;
    if (name.startsWith("ask.") || name === "question") return 3;
    if (/^(cue\.(ad|event|optout)|allow\.)/.test(name)) return 4;
    if (name === "cue.general" || name === "cue.conditional") return 5;
    if (name === "cue.causal") return 6;
    return name === "cue.negation" ? 7 : -1;
  };
  [...lexicon.concepts, ...builtInConcepts].forEach((name, concept) => {
    roles[concept] = role(name);
  });
  return roles;
}
