"""Endpoints for residents, WeChat's push callback, the app and the `yikou` command: the top."""
