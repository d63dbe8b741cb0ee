"""Research put together for pages: interviews, highlights, insights and studies."""
