// In place of the styles of maps, which plotly asks for and nothing here draws.
