"""A small, predictable `Think` for tests of doors and of the page: the words of the message say what comes back."""

from datetime import datetime

from bot.decision import Decision, NewCase, Priority
from bot.intake import Background
from bot.messages import Choice, Incoming, Reply

SOURCE = "来源：国家卫生健康委《托育机构设置标准（试行）》（2019 年）；政策可能更新，以最新文件为准"
STARTERS = (
    Choice("enrol.age", "几个月能送托"),
    Choice("fees.price", "一个月多少钱"),
    Choice("subsidy.which", "有什么补贴"),
)
ANSWER = "一岁半可以送，一般进托小班。\n\n· 托小班：12–24 个月\n· 托大班：24–36 个月\n具体看园里还有没有托位。"


def think(incoming: Incoming, background: Background, now: datetime, number: str) -> Decision:
    """Answer by plain rules; anything unknown is said back."""
    said = incoming.pick or incoming.text
    reply = _reply(incoming, said)
    return Decision(
        outcome="enrol.age",
        reply=reply,
        context=background.context,
        hold="等等" in said,
        case=NewCase(number, Priority.NORMAL, said, None) if said == "service.human" else None,
    )


def _reply(incoming: Incoming, said: str) -> Reply | None:
    if incoming.location is not None:
        return Reply("离您最近的在任城区。")
    if said == "start":
        return Reply("您好，我是托问，专答任城区和太白湖新区孩子入托的事。\n直接说想问的就行。", STARTERS)
    if said == "service.human":
        return Reply("好的，已经转给工作人员。有了回复，会直接出现在这里。")
    if said == "沉默":
        return None
    if "抽" in said:
        return Reply("请马上拨打 120，让孩子侧躺。\n不要喂水喂药。联系不上时也可以打 110。", alert=True)
    if "附近" in said:
        return Reply("告诉我在哪个街道，或者共享一下位置。", ask_location=True)
    if "一岁半" in said or said == "enrol.age":
        return Reply(
            f"{ANSWER}\n{SOURCE}", (Choice("enrol.documents", "要准备什么材料"), Choice("service.human", "找工作人员"))
        )
    return Reply(f"您说的是：{said}")
