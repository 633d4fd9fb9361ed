"""The flow enrol 报名: who signs up for something that has so many places gets one, or none."""

from backend.cases.rules.lifecycle import Action, By, Move, Moves, S, Where

_WITHDRAW = Move(By.APPLICANT, frozenset({S.WITHDRAWN}))
_ASK = Move(By.STEP_ROLE, frozenset({S.SUPPLEMENT_REQUESTED}))
_PASS = Move(By.STEP_ROLE, frozenset({S.UNDER_REVIEW}), Where.BEFORE_LAST)
_ENROL = Move(By.STEP_ROLE, frozenset({S.ENROLLED}), Where.LAST)
_DECLINE = Move(By.STEP_ROLE, frozenset({S.DECLINED}))

MOVES: Moves = {
    S.SUBMITTED: {
        Action.PASS: _PASS,
        Action.ENROL: _ENROL,
        Action.DECLINE: _DECLINE,
        Action.REQUEST_SUPPLEMENT: _ASK,
        Action.WITHDRAW: _WITHDRAW,
    },
    S.SUPPLEMENT_REQUESTED: {
        Action.SUPPLEMENT: Move(By.APPLICANT, None),
        Action.WITHDRAW: _WITHDRAW,
    },
    S.UNDER_REVIEW: {
        Action.PASS: _PASS,
        Action.ENROL: _ENROL,
        Action.DECLINE: _DECLINE,
        Action.REQUEST_SUPPLEMENT: _ASK,
        Action.RETURN: Move(By.STEP_ROLE, frozenset({S.UNDER_REVIEW}), Where.AFTER_FIRST),
        Action.WITHDRAW: _WITHDRAW,
    },
    # Who withdraws gives the place back.
    S.ENROLLED: {
        Action.WITHDRAW: _WITHDRAW,
        Action.CLOSE: Move(By.WINDOW, frozenset({S.CLOSED})),
    },
}
STATUS = {
    S.SUBMITTED: "已报名",
    S.SUPPLEMENT_REQUESTED: "待补充",
    S.UNDER_REVIEW: "审核中",
    S.ENROLLED: "已录取",
    S.DECLINED: "未录取",
    S.CLOSED: "已结束",
    S.WITHDRAWN: "已取消报名",
}
TEXTS = {
    Action.SUBMIT: "您已报名，由{unit}在规定期限内答复",
    Action.REQUEST_SUPPLEMENT: "{unit}请您一次性补充材料",
    Action.SUPPLEMENT: "您已补充材料",
    Action.PASS: "已通过审核，转{unit}办理",
    Action.ENROL: "{unit}已录取您",
    Action.DECLINE: "{unit}未能录取您：{reason}",
    Action.CLOSE: "活动已结束：{reason}",
    Action.WITHDRAW: "您已取消报名：{reason}",
}
AT_WINDOW = {
    Action.SUPPLEMENT: "{unit}已代您补充材料",
    Action.WITHDRAW: "{unit}已代您取消报名：{reason}",
}
