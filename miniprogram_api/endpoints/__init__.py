"""The endpoints for residents, for everybody, and for WeChat's push."""
