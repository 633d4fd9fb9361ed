"""The second factor of staff: one-time codes (TOTP, RFC 6238) beside the WeChat account."""
