"""Candles, points and summaries → what they say of a training: functions over columns that know no HTTP.

`progress` is how those that take long tell how far they are.
"""
