import { expect, test } from "vitest";
import { fold, readText } from "../../../src/rules/text/folded-text.ts";
import { createTermList } from "../../../src/rules/text/term-list.ts";

test("đ is folded though normalisation does not split it", () => {
  expect(fold("Đặt đơn ngay")).toBe("Dat don ngay");
});

test("a text with marks is compared with marks, one without with none", () => {
  const list = createTermList(["bìa"]);
  expect(list(readText("cuốn sách bìa cứng"))).toBe(true);
  expect(list(readText("lon bia lạnh"))).toBe(false);
  expect(list(readText("lon bia lanh"))).toBe(true);
});

test("a term that needs its marks is not found without them", () => {
  const list = createTermList(["tặng="]);
  expect(list(readText("Tặng bạn"))).toBe(true);
  expect(list(readText("tang 3 toa nha"))).toBe(false);
  expect(createTermList(["tặng="])(readText("tang"))).toBe(false);
});

test("terms are whole words, whatever stands around them", () => {
  const list = createTermList(["wine"]);
  expect(list(readText("Winery"))).toBe(false);
  expect(list(readText("(wine)"))).toBe(true);
  expect(list(readText("WINE,"))).toBe(true);
});

test("characters of regular expressions in a term mean themselves", () => {
  expect(createTermList(["a.b (c)?"])(readText("a.b (c)?"))).toBe(true);
  expect(createTermList(["a.b"])(readText("axb"))).toBe(false);
});

test("an ellipsis stays within its sentence", () => {
  const list = createTermList(["mua … tặng"]);
  expect(list(readText("mua hai cốc tặng một"))).toBe(true);
  expect(list(readText("Đã mua. Tặng"))).toBe(false);
});

test("an empty list finds nothing", () => {
  expect(createTermList([])(readText("anything"))).toBe(false);
});
