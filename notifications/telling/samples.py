"""Values as long as they come, with which words are tried and shown before anybody is told."""

SAMPLES = {
    "item": "城乡居民基本养老保险待遇领取资格认证及补缴申请（含代办）",
    "number": "210102202611230000017",
    "status": "已受理，正在审查",
    "at": "2026-11-23 16:05",
    "day": "2026年11月23日",
    "due": "2026年12月14日",
    "due_at": "2026-12-14 23:59",
    "office": "沈阳市和平区政务服务中心综合服务大厅二楼东区",
    "when": "11月23日（周一）16:05",
    "window": "沈阳市和平区浑河湾街道浑河湾第一社区",
    "tasks": "“城乡居民最低生活保障申请”（办件编号210102202611230000017）等12件任务",
    "from": "2026年11月23日",
    "to": "2026年12月14日",
}
"""By the name that stands in braces."""
