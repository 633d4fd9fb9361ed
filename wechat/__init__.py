"""WeChat's contracts as code: client, shared token, field types, error codes, push messages."""
