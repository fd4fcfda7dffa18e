import { strict as assert } from "node:assert";
import { scriptLanguage } from "./script_language.ts";

const cases: [text: string, language: string | undefined][] = [
  ["Η Άννα ζει στην Αθήνα.", "ell"],
  ["안나는 서울에 산다.", "kor"],
  ["東京に住んでいます。", "jpn"],
  ["カタカナ", "jpn"],
  ["我住在北京。", undefined], // Chinese, or Japanese without kana
  ["แอนนาอยู่ที่กรุงเทพ", "tha"],
  ["ანა ცხოვრობს თბილისში.", "kat"],
  ["அன்னா சென்னையில் வசிக்கிறார்.", "tam"],
  // Scripts of several languages.
  ["Anna lives in Bonn.", undefined],
  ["Анна живёт в Москве.", undefined],
  ["انا تعيش في القاهرة", undefined],
  ["अन्ना दिल्ली में रहती है।", undefined],
  ["አና በአዲስ አበባ ትኖራለች።", undefined],
  // Foreign words among others: the greater part says it.
  ["Η IBM είναι στην Αθήνα.", "ell"],
  ["The Greek word for sea is θάλασσα.", undefined],
  ["", undefined],
  ["12:30 …", undefined],
];
for (const [text, language] of cases) {
  Deno.test(`the script of ${JSON.stringify(text)} says ${language ?? "nothing for certain"}`, () => {
    assert.equal(scriptLanguage(text), language);
  });
}
