import { describe, expect, test } from "vitest";
import { createScanner } from "../../src/content/scan.ts";

const scanner = createScanner();

describe("an attribute and its value in another language", () => {
  test.each([
    ["HIV: positive", "health"],
    ["Bonjour Marie, dossier mis à jour. VIH : positif. Merci", "health"],
    ["Diabète : oui", "health"],
    ["Groupe sanguin : O+", "health"],
    ["Blutgruppe: 0 negativ", "health"],
    ["血液型：A型", "health"],
    ["糖尿病：あり", "health"],
    ["혈액형: A형", "health"],
    ["กรุ๊ปเลือด: โอ", "health"],
    ["ВИЧ: положительный", "health"],
    ["宗教：佛教", "religion"],
    ["Religión: católica", "religion"],
    ["ศาสนา: พุทธ", "religion"],
    ["សាសនា: ព្រះពុទ្ធ", "religion"],
    ["政治面貌：党员", "politics"],
    ["민족: 조선족", "ethnicity"],
    ["Orientation sexuelle : homosexuelle", "sex_life"],
    ["Судимость: есть", "criminal"],
    ["Vorstrafen: Diebstahl 2019", "criminal"],
    ["Contraseña: Sol2024", "credential"],
    ["비밀번호: abc1234", "credential"],
    ["Groupe sanguin : {{groupe}}", "health"],
  ])("%s is blocked as %s", (text, category) => {
    const { verdict, findings } = scanner.scanText(text);
    expect(verdict).toBe("block");
    expect(findings.map((item) => item.category)).toContain(category);
  });

  test.each([
    "Diabète : comprendre et prévenir",
    "Diabète : non",
    "Diabetes: 10 tips for summer",
    "Cáncer: guía para todos los lectores",
    "Krebs: Ihr Horoskop für heute",
    "Religion : une exposition au musée du quai",
    "血液型占い：今日の運勢",
    "宗教建筑之旅：周六出发",
    "宗教：无",
    "종교: 없음",
    "Vote: choose your favourite pizza",
    "Partei: die besten Partyspiele",
    "Race: 10k on Sunday",
    "Passeport : comment le renouveler en ligne ?",
  ])("%s passes", (text) => {
    expect(scanner.scanText(text).verdict).toBe("pass");
  });

  test("the span covers the name and its value, nothing else", () => {
    const text = "Merci. Groupe sanguin : O+";
    const [finding] = scanner.scanText(text).findings;
    expect(text.slice(...(finding?.span ?? [0, 0]))).toBe("Groupe sanguin : O+");
  });

  test.each(["종교", "血液型", "religión", "กรุ๊ปเลือด", "Groupe sanguin", "Судимость", "ជំងឺ"])(
    "a column called %s is blocked",
    (name) => {
      expect(scanner.matchFieldName(name)).toMatchObject({ severity: "block" });
    },
  );

  test("a name is matched as a whole, so that longer names that hold it are not", () => {
    for (const name of ["宗教美術館の入場券", "salaires de foot", "血液型占い"])
      expect(scanner.matchFieldName(name)).toBeNull();
  });

  test("costs time in proportion to its length", () => {
    const taken = (size: number): number => {
      const text = "a :".repeat(size / 3);
      const from = performance.now();
      scanner.scanText(text);
      return performance.now() - from;
    };
    taken(8_000);
    expect(taken(64_000)).toBeLessThan(40 * Math.max(taken(8_000), 2));
  });
});
