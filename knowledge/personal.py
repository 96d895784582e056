"""Takes what tells who somebody is out of a text: numbers, names after 我叫 or 孩子叫, addresses. Used for drafts of entries."""

import re

_DIGIT = "[0-9０-９]"
_NO_MORE = f"(?!{_DIGIT})"
_NOT_BEFORE = f"(?<!{_DIGIT})"
_SEPARATOR = r"[\s\-－—]?"
_LABEL = (
    r"(?:(?:我的?|俺的?|家里?的?)?(?:联系)?(?:电话|手机号?码?|手机|号码|身份证号?码?|身份证|微信号?|QQ号?|邮箱)"
    r"(?:号码?)?(?:是|为)?\s*[:：]?\s*)?"
)
_NUMBERS = (
    rf"{_NOT_BEFORE}{_DIGIT}{{6}}{_SEPARATOR}{_DIGIT}{{8}}{_SEPARATOR}{_DIGIT}{{3}}[0-9０-９XxＸｘ]{_NO_MORE}",
    rf"{_NOT_BEFORE}{_DIGIT}{{15}}{_NO_MORE}",
    rf"{_NOT_BEFORE}(?:[+＋]?86{_SEPARATOR})?[1１]{_DIGIT}{{2}}{_SEPARATOR}{_DIGIT}{{4}}{_SEPARATOR}{_DIGIT}{{4}}{_NO_MORE}",
    rf"{_NOT_BEFORE}[0０]{_DIGIT}{{2,3}}{_SEPARATOR}{_DIGIT}{{7,8}}{_NO_MORE}",
    rf"{_NOT_BEFORE}{_DIGIT}{{7,}}{_NO_MORE}",
    r"[零〇一二三四五六七八九幺两]{7,}",
)
_ACCOUNTS = re.compile(
    r"(?:邮箱(?:是|[:：])?\s*)?[A-Za-z0-9_.+-]+@[\w-]+(?:\.[\w-]+)+|(?:微信|QQ|qq|weixin|wx)号?(?:码)?\s*(?:是|[:：])?\s*[A-Za-z0-9_-]{5,}"
)
_NUMBER = re.compile(_LABEL + "(?:" + "|".join(_NUMBERS) + ")")
_AFTER = "想|要|问|今年|今天|现在|刚|快|才|已|的|是|在|住|家|和|跟|有|能|可|也|请"
_COUNTED = "一二两三四五六七八九十半"
_END = rf"(?=[\s，。,.!！?？、；;:：]|$|{_AFTER}|\d|[{_COUNTED}]岁|[{_COUNTED}]个)"
_NAME = rf"[\u4e00-\u9fff·]{{1,3}}?{_END}|[\u4e00-\u9fff·]{{2,3}}|[A-Za-z]{{2,20}}"
_NO_NAME = "[不没个人我他她你出来了着也去上下喊唤苦妈爸爷奶阿老家车什啥得救醒]"
"""What follows 叫 where it means calling: 孩子叫不醒."""
_CALLED = re.compile(
    rf"(?:(?:你好|您好)[，,]?)?(?:我|俺|本人)(?:的名字)?(?:叫|名叫|姓名是|姓)(?:做|作)?\s*(?:{_NAME})[，,。]?\s*"
)
_CHILD = re.compile(
    rf"(孩子|宝宝|宝贝|娃娃?|闺女|女儿|儿子|小孩|妮妮?|孙子|孙女|外孙女?|老[大二三])(?:的?(?:大名|小名|名字|姓名))?"
    rf"(?:叫|名叫|是叫|[:：])(?:做|作)?\s*(?!{_NO_NAME})(?:{_NAME})"
)
_NAMED = re.compile(rf"(?:姓名|名字|大名|小名)\s*(?:是|叫|[:：])\s*(?:{_NAME})[，,]?")
_FLAT = re.compile(r"(?:(?:\d+|[一二三四五六七八九十]+)\s*(?:号楼|栋|幢|单元|室)\s*)+")
_BORN = re.compile(r"(?:19|20)\d\d\s*[年./-]\s*\d{1,2}\s*[月./-]\s*\d{1,2}\s*[日号]?\s*(?:出?生)")


def without_personal(text: str) -> tuple[str, int]:
    """The text without what tells who somebody is, and how many places were taken out. Read it all the same."""
    count = 0
    for pattern, left in (
        (_ACCOUNTS, ""), (_NUMBER, ""), (_CALLED, ""), (_CHILD, r"\1"), (_NAMED, ""), (_FLAT, ""), (_BORN, ""),
    ):  # fmt: skip
        text, found = pattern.subn(left, text)
        count += found
    text = re.sub(r"[，,、]{2,}", "，", text)
    text = re.sub(r"(?m)^[，,、。\s]+|[ \t]+$", "", text)
    return text.strip(), count
