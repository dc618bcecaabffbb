import type { BatchBuilder } from "../batch-builder.ts";
import { fileUnreadable } from "../file-unreadable.ts";
import type { MalformedReason, TabularLimits } from "../row-batch.ts";
import { columnOf, decodeEscapes, numberText, serialDateText } from "./cell-text.ts";
import type { SharedStrings } from "./shared-strings.ts";
import type { Workbook } from "./workbook.ts";
import { attributeOf, type XmlHandler } from "./xml-scanner.ts";

/** Excel's own limit; a row number beyond it is not believed. */
const rowNumberMax = 1_048_576;

/** Turns the elements of a worksheet into records. */
export class SheetReader implements XmlHandler {
  readonly #builder: BatchBuilder;
  readonly #workbook: Workbook;
  readonly #strings: SharedStrings;
  readonly #limits: TabularLimits;
  #headerRow = 0;
  #row = 0;
  #cells: string[] = [];
  #rowBytes = 0;
  #fault: MalformedReason | undefined;
  #column = -1;
  #type = "";
  #style = 0;
  #value = "";
  #inValue = false;
  #phonetic = false;

  constructor(builder: BatchBuilder, workbook: Workbook, strings: SharedStrings, limits: TabularLimits) {
    this.#builder = builder;
    this.#workbook = workbook;
    this.#strings = strings;
    this.#limits = limits;
  }

  readonly open = (name: string, tag: string): void => {
    if (name === "c") this.#openCell(tag);
    else if (name === "v" || name === "t") this.#inValue = !this.#phonetic;
    else if (name === "row") this.#openRow(tag);
    else if (name === "rPh") this.#phonetic = true;
  };

  readonly close = (name: string): void => {
    if (name === "c") this.#closeCell();
    else if (name === "v" || name === "t") this.#inValue = false;
    else if (name === "row") this.#closeRow();
    else if (name === "rPh") this.#phonetic = false;
  };

  readonly text = (text: string): void => {
    if (!this.#inValue) return;
    if (this.#value.length + text.length > this.#limits.rowBytesMax) this.#fault = "row_too_long";
    else this.#value += text;
  };

  #openRow(tag: string): void {
    const written = Number(attributeOf(tag, "r") ?? "");
    const believed = Number.isInteger(written) && written > this.#row && written <= rowNumberMax;
    this.#row = believed ? written : this.#row + 1;
    this.#cells = [];
    this.#rowBytes = 0;
    this.#column = -1;
    this.#fault = undefined;
  }

  #openCell(tag: string): void {
    this.#column = columnOf(attributeOf(tag, "r") ?? "") ?? this.#column + 1;
    this.#type = attributeOf(tag, "t") ?? "n";
    this.#style = Number(attributeOf(tag, "s") ?? "0");
    this.#value = "";
  }

  #closeCell(): void {
    if (this.#value === "") return;
    const text = this.#cellText();
    this.#value = "";
    if (text === "") return;
    const width = this.#builder.header?.length ?? this.#limits.columnsMax;
    if (this.#column >= width) {
      if (this.#builder.header === undefined) throw fileUnreadable("columns_too_many");
      this.#fault ??= "cells_too_many";
      return;
    }
    this.#rowBytes += text.length;
    if (this.#rowBytes > this.#limits.rowBytesMax) {
      this.#fault = "row_too_long";
      return;
    }
    if (text.includes("\0")) this.#fault ??= "nul_character";
    if (text.includes("\ufffd")) this.#fault ??= "encoding_invalid";
    while (this.#cells.length <= this.#column) this.#cells.push("");
    this.#cells[this.#column] = text;
  }

  #cellText(): string {
    switch (this.#type) {
      case "s": {
        const shared = this.#strings.get(Number(this.#value));
        if (shared === undefined) this.#fault ??= "cell_damaged";
        return shared ?? "";
      }
      case "inlineStr":
      case "str":
        return decodeEscapes(this.#value);
      case "b":
        return this.#value.trim() === "1" ? "TRUE" : "FALSE";
      case "n":
        return (
          (this.#workbook.dateStyles[this.#style] === true
            ? serialDateText(this.#value, this.#workbook.epoch1904)
            : undefined) ?? numberText(this.#value)
        );
      default:
        // "e" shows the error's name, "d" an ISO date.
        return this.#value;
    }
  }

  #closeRow(): void {
    if (this.#builder.header === undefined) {
      if (this.#fault === "row_too_long") throw fileUnreadable("header_too_long");
      if (!this.#cells.some((cell) => cell.trim() !== "")) return;
      this.#builder.setHeader(this.#cells);
      this.#headerRow = this.#row;
      return;
    }
    this.#builder.advanceTo(this.#row - this.#headerRow);
    if (this.#fault !== undefined) this.#builder.addMalformed(this.#fault, this.#cells, this.#rowBytes);
    else if (this.#cells.length > 0) this.#builder.addRow(this.#cells, this.#rowBytes);
    this.#cells = [];
  }
}
