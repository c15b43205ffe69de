"""The auditor's side of the gateway: what events say, who may read them, a meeting's history and past, exports."""
