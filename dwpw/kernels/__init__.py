"""What each kernel set brings to the planner: which operators a kernel takes, how its constants are
packed, and what it must do at the least.
"""
