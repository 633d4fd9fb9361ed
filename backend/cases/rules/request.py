"""The flow request 诉求: what was told is dispatched, dealt with, and confirmed by who told it."""

from backend.cases.rules.lifecycle import Action, By, Move, Moves, S, Where

_WITHDRAW = Move(By.APPLICANT, frozenset({S.WITHDRAWN}))
_ASK = Move(By.STEP_ROLE, frozenset({S.SUPPLEMENT_REQUESTED}))

MOVES: Moves = {
    S.SUBMITTED: {
        Action.DISPATCH: Move(By.CLERK, frozenset({S.DISPATCHED})),
        Action.DECLINE: Move(By.CLERK, frozenset({S.DECLINED})),
        Action.REQUEST_SUPPLEMENT: Move(By.CLERK, frozenset({S.SUPPLEMENT_REQUESTED})),
        Action.WITHDRAW: _WITHDRAW,
    },
    S.SUPPLEMENT_REQUESTED: {
        Action.SUPPLEMENT: Move(By.APPLICANT, None),
        Action.WITHDRAW: _WITHDRAW,
    },
    S.DISPATCHED: {
        Action.REQUEST_SUPPLEMENT: _ASK,
        Action.PASS: Move(By.STEP_ROLE, frozenset({S.DISPATCHED}), Where.BEFORE_LAST),
        Action.RETURN: Move(By.STEP_ROLE, frozenset({S.DISPATCHED}), Where.AFTER_FIRST),
        Action.FINISH: Move(By.STEP_ROLE, frozenset({S.DONE})),
        Action.DECLINE: Move(By.STEP_ROLE, frozenset({S.DECLINED})),
        Action.WITHDRAW: _WITHDRAW,
    },
    # Closed by the window only with a reason that is recorded and told.
    S.DONE: {
        Action.CONFIRM: Move(By.APPLICANT, frozenset({S.CLOSED})),
        Action.REOPEN: Move(By.APPLICANT, frozenset({S.DISPATCHED})),
        Action.CLOSE: Move(By.WINDOW, frozenset({S.CLOSED})),
    },
}
STATUS = {
    S.SUPPLEMENT_REQUESTED: "待补充",
    S.DISPATCHED: "处理中",
    S.DONE: "已处理，待确认",
}
TEXTS = {
    Action.SUBMIT: "您已提交，由{unit}在规定期限内答复是否受理",
    Action.DISPATCH: "已受理，交{unit}处理",
    Action.REQUEST_SUPPLEMENT: "{unit}请您一次性补充情况",
    Action.SUPPLEMENT: "您已补充情况",
    Action.PASS: "已转{unit}处理",
    Action.RETURN: "已退回{unit}处理",
    Action.FINISH: "{unit}已处理：{result}",
    Action.CONFIRM: "您已确认处理结果，办件办结",
    Action.REOPEN: "您反映问题没有解决，{unit}继续处理：{reason}",
    Action.WITHDRAW: "您已撤回：{reason}",
}
AT_WINDOW = {
    Action.SUPPLEMENT: "{unit}已代您补充情况",
    Action.CONFIRM: "{unit}已代您确认处理结果，办件办结",
    Action.REOPEN: "{unit}已代您反映问题没有解决，由原处理单位继续处理：{reason}",
}
