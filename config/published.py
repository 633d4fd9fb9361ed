"""Keys and passwords that stand in this repository: for development, known to everybody."""

# ruff: noqa: S105
DEV_SECRET_KEYS = "dev1:yikou-development-token-key-not-for-production"
DEV_DATA_KEYS = "1:aes:eWlrb3UtZGV2ZWxvcG1lbnQtZGF0YS1rZXktMzJieXQ="
SANDBOX_APPID = "wx0000000000sandbox"
SANDBOX_SECRET = "sandbox-secret-0000000000000000"
SANDBOX_PUSH_TOKEN = "sandboxtoken"
SANDBOX_PUSH_AES_KEY = "A" * 43
SANDBOX_IDENTITY_TOKEN = "sandbox-identity-token-0000000000"
SANDBOX_SMS_KEY_ID = "sandbox-sms-key-id"
SANDBOX_SMS_KEY_SECRET = "sandbox-sms-key-secret-00000000"
SANDBOX_SMS_SIGN = "一口办沙箱"
SANDBOX_SMS_TEMPLATES = {"act": "SMS_000000001", "result": "SMS_000000002"}
SANDBOX_SMS_REPORT_TOKEN = "sandbox-sms-report-token"
SANDBOX_WECOM_CORP_ID = "wwsandbox000000000"
SANDBOX_WECOM_AGENT_ID = "1000002"
SANDBOX_WECOM_SECRET = "sandbox-wecom-secret-000000000"
SANDBOX_TEMPLATE = r"TPL_[A-Z_]+_sandbox_\d+"
"""Matches the template ids of `config/data/templates.yaml`."""
