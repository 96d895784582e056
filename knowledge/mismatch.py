"""What the schema found wrong with a document, as findings in plain Chinese. Used by `knowledge/content_files.py`."""

from collections.abc import Mapping
from typing import Any

from knowledge.findings import Finding, Rule, Source
from knowledge.reader import Document

_SAID: Mapping[str, tuple[Rule, str]] = {
    "missing": (Rule.MISSING_KEY, "缺少“{where}”，请补上。"),
    "extra_forbidden": (Rule.UNKNOWN_KEY, "不认识“{where}”，请检查拼写，或者删掉它。"),
    "string_type": (Rule.NOT_TEXT, "“{where}”应当是一句话，这里写成了列表或分项，请改成一行文字。"),
    "string_too_short": (Rule.EMPTY_TEXT, "“{where}”是空的，请写上内容，或者删掉这一行。"),
    "string_pattern_mismatch": (Rule.BAD_ID, "“{where}”只能用小写英文字母、数字、点和下划线，比如 fees.price。"),
    "string_too_long": (Rule.TOO_LONG, "“{where}”太长，最多 {max_length} 个字。"),
    "list_type": (Rule.NOT_LIST, "“{where}”应当是列表，每行一个“- ”开头，或写成 [甲, 乙]。"),
    "dict_type": (Rule.NOT_MAPPING, "“{where}”应当分项来写，每项一个“词: 内容”。"),
    "model_type": (Rule.NOT_MAPPING, "“{where}”应当分项来写，每项一个“词: 内容”。"),
    "too_short": (Rule.TOO_FEW, "“{where}”至少要有 {min_length} 条。"),
    "too_long": (Rule.TOO_MANY, "“{where}”最多 {max_length} 条，请删掉几条。"),
    "bool_parsing": (Rule.NOT_BOOL, "“{where}”只能写 true 或 false。"),
    "bool_type": (Rule.NOT_BOOL, "“{where}”只能写 true 或 false。"),
    "enum": (Rule.NOT_CHOICE, "“{where}”只能是：{expected}。"),
    "date": (Rule.NOT_DATE, "“{where}”应当是日期，写成 2027-02-15 这样。"),
    "int_parsing": (Rule.NOT_NUMBER, "“{where}”应当是整数，比如 90。"),
    "int_type": (Rule.NOT_NUMBER, "“{where}”应当是整数，比如 90。"),
    "greater_than_equal": (Rule.NOT_NUMBER, "“{where}”太小，最小 {ge}。"),
    "less_than_equal": (Rule.NOT_NUMBER, "“{where}”太大，最大 {le}。"),
}
_OTHERWISE = (Rule.SHAPE, "“{where}”写得不对，请对照别的条目改一改。")


def mismatch(source: Source, document: Document, problem: Any) -> Finding:
    """One problem of pydantic's as one Chinese sentence with what to do."""
    kind = "date" if problem["type"].startswith("date") else problem["type"]
    rule, sentence = _SAID.get(kind, _OTHERWISE)
    where = ".".join(str(part + 1) if isinstance(part, int) else part for part in problem["loc"]) or "这个文件"
    given = {"max_length": "", "min_length": "", "expected": "", "ge": "", "le": "", **problem.get("ctx", {})}
    given["expected"] = str(given["expected"]).replace("'", "").replace(" or ", "、").replace(", ", "、")
    return source.finding(document.line(tuple(problem["loc"])), rule, sentence.format(where=where, **given))
